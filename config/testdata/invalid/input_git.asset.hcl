image "b" {
  subject = ".git/x.png" # ERROR: Invalid path of input
  output  = "b.png"
}
