image "a" {
  prompt = "x"
  output = "a.png"
}
video "b" {
  prompt = "x"
  image  = image.a
  loop   = "often" # ERROR: Invalid value of loop
  output = "b.mp4"
}
