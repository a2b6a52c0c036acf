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
variant "p" { # ERROR: Cycle of assets
  plate  = "q.png"
  output = "p.png"
}
variant "q" {
  plate  = "p.png"
  output = "q.png"
}
