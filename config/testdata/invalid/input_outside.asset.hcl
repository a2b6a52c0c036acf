image "b" {
  subject = "../x.png" # ERROR: Invalid path of input
  output  = "b.png"
}
