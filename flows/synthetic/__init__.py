"""`barrier demo` and `barrier synthetic`: a made-up municipality and a first night on it."""
