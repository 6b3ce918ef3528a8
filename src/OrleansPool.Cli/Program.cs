using OrleansPool.Cli;
using OrleansPool.Cli.Connection;

return await CommandLine.RunAsync(args, new OrleansConnector(), Console.Out, Console.Error);
