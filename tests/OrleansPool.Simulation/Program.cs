using OrleansPool.Simulation.Commands;
using OrleansPool.Simulation.Linearizability;

MutantCommand.Prepare(args);

// Each command is a class of its own; what it can do lies in the folders beside.
var commands = new CommandTable(
    new RunCommand(), new SoakCommand(), new ReplayCommand(), new MutantsCommand(), new MutantCommand(), new StoriesCommand(), new BeyondCommand(), new ExploreCommand(), new ScaleCommand(), new CheckCommand(CheckBudget.Default), new CoverageCommand());
return commands.Run(args, Console.Out, Console.Error);
