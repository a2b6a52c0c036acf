image "b" {
  subject = sensitive("x.png") # ERROR: Sensitive value of subject
  output  = "b.png"
}
