namespace OrleansPool.Transport.Frames;

/// <summary>How it goes on with a connection after a round of receiving.</summary>
internal enum ReceiverPace : byte
{
    /// <summary>There may be more.</summary>
    Again,

    /// <summary>Nothing has come.</summary>
    Silent,

    /// <summary>It must not receive until it has sent what it has to send.</summary>
    Congested,

    /// <summary>It has ended.</summary>
    Ended,

    /// <summary>Another thread has taken over.</summary>
    Deposed,
}
