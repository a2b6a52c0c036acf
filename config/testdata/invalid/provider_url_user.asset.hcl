provider "imaginator" {
  base_url = "https://me:secret@example.com/" # ERROR: Invalid value of base_url
}
