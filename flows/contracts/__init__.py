"""`barrier contracts …`: what is agreed about each register."""
