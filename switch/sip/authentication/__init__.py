"""Who somebody is: digest both ways (RFC 8760), for stations and as a client."""
