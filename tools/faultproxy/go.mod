module migadapter.io/tools/faultproxy

go 1.26.0
