"""Pictures of a case as SVG, each with the same facts as text: a map, a network and a time line.

Pure: what is drawn comes in as small frozen dataclasses, and the same input gives the same bytes.
"""
