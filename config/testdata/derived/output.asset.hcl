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
variant "p" {
  plate  = image.a
  output = "p.mp4" # ERROR: Invalid path of output
}
atlas "p" {
  parts  = [image.a]
  output = "p.gif" # ERROR: Invalid path of output
}
export "p" {
  members = [image.a]
  form    = "list"
  output  = "p.PNG" # ERROR: Invalid path of output
}
export "q" {
  members = [image.a]
  form    = "list"
  output  = "q.asset.json" # ERROR: Invalid path of output
}
variant "none" { # ERROR: Missing required argument
  plate = image.a
}
variant "same" {
  plate  = image.a
  output = "a.png" # ERROR: Two assets, one output
}
