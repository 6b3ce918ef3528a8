namespace OrleansPool.Simulation.Commands;

/// <summary>Something the program can do.</summary>
/// <remarks>The last line that a command writes is one line of JSON that sums its result up.</remarks>
internal interface ICommand
{
    /// <summary>The word that starts it.</summary>
    string Name { get; }

    /// <summary>Its arguments, for the usage text.</summary>
    string Arguments { get; }

    /// <summary>One line for the usage text.</summary>
    string Summary { get; }

    /// <summary>Does it.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors);
}
