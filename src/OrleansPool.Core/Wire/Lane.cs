namespace OrleansPool.Core.Wire;

/// <summary>What a connection carries. Two ends may have one of each, so that nothing short waits behind something long.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum Lane : byte
{
    /// <summary>Short requests and their answers.</summary>
    Express,

    /// <summary>Long ones.</summary>
    Bulk,

    /// <summary>Heartbeats and what else keeps the cluster together.</summary>
    Control,
}
