image "new" {
  prompt = "New"
  output = "new.png"
}
image "many" {
  for_each = toset(["a", "b c"])
  prompt   = each.key
  output   = "${each.key}.png"
}
image "chain" {
  prompt = "Chain"
  output = "chain.png"
}
module "kit" {
  source = "./kit"
}
moved {
  from = image.old
  to   = image.new
}
moved {
  from = image.many
  to   = image.many["a"]
}
moved {
  from = image.many[0]
  to   = image.many["b c"]
}
moved {
  from = image.chain1
  to   = image.chain2
}
moved {
  from = image.chain2
  to   = image.chain
}
moved {
  from = module.ui
  to   = module.kit
}
moved {
  from = image.logo
  to   = module.kit.image.logo
}
removed {
  from = image.gone
  lifecycle { destroy = false }
}
removed {
  from = module.away
}
import {
  to = image.many["b c"]
}
import {
  to = module.kit.image.logo
}
