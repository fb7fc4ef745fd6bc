"""Configuration files for phones (话机自动配置): one template a make, filled in for each station."""
