image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle {
    prevent_destroy    = "often" # ERROR: Invalid value of prevent_destroy
    prevent_regenerate = []   # ERROR: Invalid value of prevent_regenerate
  }
}
