namespace OrleansPool.Transport.Channels;

/// <summary>What came of an attempt to move bytes.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum ChannelStatus : byte
{
    /// <summary>Some were moved.</summary>
    Ok,

    /// <summary>None can be moved now.</summary>
    WouldBlock,

    /// <summary>None will be moved any more: the other end is gone, or this one was closed.</summary>
    Ended,
}
