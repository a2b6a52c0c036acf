image "a" {
  prompt   = "x"
  revision = -1 # ERROR: Invalid value of revision
  output   = "a.png"
}
