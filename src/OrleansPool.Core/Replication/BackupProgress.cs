namespace OrleansPool.Core.Replication;

/// <summary>How far one other replica is, as the primary knows.</summary>
internal sealed class BackupProgress(PeerLink link, ulong sinceEpoch)
{
    public PeerLink Link => link;

    /// <summary>The epoch in which it became what it is. What it acknowledged before that was another copy, which may be gone.</summary>
    public ulong SinceEpoch => sinceEpoch;

    public NodeId Node => link.Node;

    /// <summary>The snapshot from which it is made, while this primary makes it or has made it; 0 for a member that was there before.</summary>
    public ulong Copy { get; set; }

    /// <summary>It has every operation up to this one.</summary>
    public ulong Acked { get; set; }

    /// <summary>The last operation that was sent to it.</summary>
    public ulong Sent { get; set; }

    /// <summary>The commit point that it was told last.</summary>
    public ulong CommittedTold { get; set; }

    /// <summary>It has answered in the present epoch, so it knows the row.</summary>
    public bool KnowsRow { get; set; }

    /// <summary>When something was last sent to it.</summary>
    public Tick SentAt { get; set; }

    /// <summary>Since when it owes an answer to what was sent; never, if it owes none.</summary>
    public Tick OwesSince { get; set; } = Tick.Never;

    /// <summary>Whether it gave itself up.</summary>
    public bool Consents { get; set; }

    public bool Owes(ulong last, ulong committed) => Acked < last || CommittedTold < committed || !KnowsRow;
}
