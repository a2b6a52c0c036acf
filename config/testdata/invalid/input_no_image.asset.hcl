image "b" {
  subject = "input_no_image.asset.hcl" # ERROR: Input is no image
  output  = "b.png"
}
