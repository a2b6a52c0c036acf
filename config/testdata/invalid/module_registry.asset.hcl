module "a" {
  source = "hashicorp/consul/aws" # ERROR: Invalid source of module
}
