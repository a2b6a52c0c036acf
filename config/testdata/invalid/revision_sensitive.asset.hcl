image "a" {
  prompt   = "x"
  revision = sensitive(1) # ERROR: Sensitive value of revision
  output   = "a.png"
}
