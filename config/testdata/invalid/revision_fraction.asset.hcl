image "a" {
  prompt   = "x"
  revision = 0.5 # ERROR: Invalid value of revision
  output   = "a.png"
}
