image "a" {
  prompt = "x"
  output = "a.png"
}
image "b" {
  count  = 2
  prompt = "x"
  output = "b${count.index}.png"
}
video "v" {
  prompt = "x"
  output = "v.mp4"
}
variable "secret" {
  default   = "red"
  sensitive = true
}
variant "p" {
  plate  = image.a
  area   = [0, 0, 8] # ERROR: Invalid value of area
  inks   = { a = 1 } # ERROR: Invalid value of inks
  output = "p.png"
}
variant "q" {
  plate  = image.a
  area   = [0, 0, 8, -1] # ERROR: Invalid value of area
  inks   = [["a"]] # ERROR: Invalid value of inks
  output = "q.png"
}
variant "r" {
  plate  = image.a
  area   = [0, 0, null, 1] # ERROR: Invalid value of area
  inks   = [var.secret] # ERROR: Sensitive value of inks
  tone   = "drak" # ERROR: Unsupported value of tone
  scale  = 1.5 # ERROR: Invalid value of scale
  output = "r.png"
}
variant "s" {
  plate  = image.a
  area   = "${1e300}" # ERROR: Invalid value of area
  inks   = 1e300 # ERROR: Invalid value of inks
  alt    = var.secret # ERROR: Sensitive value of alt
  output = "s.png"
}
variant "t" {
  plate  = image.a
  alt    = ["a"] # ERROR: Invalid value of alt
  output = "t.png"
}
