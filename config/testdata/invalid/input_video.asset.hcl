video "a" {
  prompt = "x"
  output = "a.mp4"
}
image "b" {
  subject = video.a # ERROR: Video as input image
  output  = "b.png"
}
