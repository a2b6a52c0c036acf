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
provider "press" {} # ERROR: Provider needs no block
provider "pres" {} # ERROR: Unknown provider type
variant "p" {
  plate    = image.a
  provider = press # ERROR: Unsupported argument
  revision = 2 # ERROR: Unsupported argument
  output   = "p.png"
}
image "q" {
  prompt   = "x"
  provider = press # ERROR: Reference to undeclared provider
  output   = "q.png"
}
