namespace OrleansPool.Simulation.Commands;

/// <summary>What the program's exit code says.</summary>
internal static class ExitCode
{
    /// <summary>All is well.</summary>
    public const int Ok = 0;

    /// <summary>Something is wrong, or could not be decided.</summary>
    public const int Failed = 1;

    /// <summary>The arguments were not understood.</summary>
    public const int Usage = 2;
}
