video "b" {
  prompt = "x"
  output = "b.mp4"
}
moved {
  from = image.a
  to   = video.b # ERROR: Move between different kinds
}
