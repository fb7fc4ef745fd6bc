"""A flow as a picture: what is drawn, where it stands, and as SVG."""
