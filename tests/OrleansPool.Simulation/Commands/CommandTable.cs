namespace OrleansPool.Simulation.Commands;

/// <summary>The commands, by name.</summary>
internal sealed class CommandTable(params IReadOnlyList<ICommand> commands)
{
    /// <summary>Runs the command that the first argument names.</summary>
    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        ICommand? command = commands.FirstOrDefault(one => arguments.Count > 0 && one.Name == arguments[0]);
        if (command is not null) return command.Run([.. arguments.Skip(1)], output, errors);
        errors.WriteLine(arguments.Count == 0 ? "Which command?" : $"There is no command '{arguments[0]}'.");
        errors.WriteLine("Usage: OrleansPool.Simulation COMMAND ...");
        foreach (ICommand one in commands) errors.WriteLine($"  {one.Name} {one.Arguments}  {one.Summary}");
        return ExitCode.Usage;
    }
}
