using OrleansPool.Simulation.Commands;
using OrleansPool.Simulation.Linearizability;
System.Diagnostics.Trace.Listeners.Add(new System.Diagnostics.ConsoleTraceListener());

// Each command is a class of its own; what it can do lies in the folders beside.
var commands = new CommandTable(new RunCommand(), new ReplayCommand(), new CheckCommand(CheckBudget.Default));
return commands.Run(args, Console.Out, Console.Error);
