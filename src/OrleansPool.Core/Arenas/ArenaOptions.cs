namespace OrleansPool.Core.Arenas;

/// <summary>How <see cref="Arena.Map"/> maps an arena.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ArenaOptions
{
    /// <summary>How much memory the arena holds, in bytes. Rounded down to whole pages.</summary>
    public required long CapacityBytes { get; init; }

    /// <summary>
    /// Makes the diagnostic twin for tests: guard pages around slices, canaries and poison in frames, and a report of leaks on disposal.
    /// Its pages are made resident as they are carved.
    /// </summary>
    public bool Diagnostic { get; init; }

    /// <summary>How many threads make the pages resident; 0 (the default) is one per processor, at most <see cref="PrefaultThreadsMax"/>.</summary>
    public int PrefaultThreads { get; init; }

    /// <summary>The most threads that make pages resident.</summary>
    public const int PrefaultThreadsMax = 16;

    /// <summary>What the machine can give; null (the default) asks the machine and its control groups.</summary>
    internal MachineMemory? Machine { get; init; }
}
