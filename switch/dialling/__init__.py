"""The application for targets that are a phone: ``station:<name>``; knows no queue and no flow."""
