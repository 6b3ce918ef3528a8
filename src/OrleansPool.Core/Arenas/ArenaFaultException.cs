namespace OrleansPool.Core.Arenas;

/// <summary>Native memory was used against its rules: a write past a block, a write after release, a slice given back twice, a leak.</summary>
/// <remarks>
/// It is a programming error of this process. Whoever sees it outside of tests should stop using the memory named.
/// Public for the other assemblies of OrleansPool only: it may change in any version.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ArenaFaultException : PoolException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What was found, where, and whose memory it is.</param>
    public ArenaFaultException(string message)
        : base(message)
    {
    }
}
