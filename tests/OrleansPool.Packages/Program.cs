await OrleansPool.Packages.Example.RunAsync();
