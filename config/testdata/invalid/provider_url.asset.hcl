provider "imaginator" {
  base_url = "imaginator.mat3u.com" # ERROR: Invalid value of base_url
}
