provider "imaginator" {
  base_url = "https://imaginator.mat3u.com\\@evil.example/" # ERROR: Invalid value of base_url
}
provider "imaginator" {
  alias    = "a"
  base_url = "http://2130706433/api" # ERROR: Invalid value of base_url
}
provider "imaginator" {
  alias    = "b"
  base_url = "https://imaginator%2emat3u.com/" # ERROR: Invalid value of base_url
}
provider "imaginator" {
  alias    = "c"
  base_url = "https://im\u0430ginator.mat3u.com/" # ERROR: Invalid value of base_url
}
provider "imaginator" {
  alias    = "d"
  base_url = "http://[fe80::1%25eth0]/" # ERROR: Invalid value of base_url
}
