image "a" {
  prompt = "x"
  output = "a.png"
  lifecycle { prevent_destroy = true }
  lifecycle { prevent_destroy = true } # ERROR: Duplicate lifecycle block
}
