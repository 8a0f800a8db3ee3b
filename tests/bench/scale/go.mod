module migadapter.io/scale

go 1.26
