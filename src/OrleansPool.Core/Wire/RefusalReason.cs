namespace OrleansPool.Core.Wire;

/// <summary>Why a connection ends, or a request is not carried out.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum RefusalReason : byte
{
    /// <summary>A reason that this version does not know.</summary>
    Unknown = 0,

    /// <summary>The ends have no version in common.</summary>
    NoCommonVersion = 1,

    /// <summary>Another cluster was meant.</summary>
    WrongCluster = 2,

    /// <summary>Another node, or another life of this one, was meant.</summary>
    WrongIncarnation = 3,

    /// <summary>Who asks may not.</summary>
    AccessDenied = 4,

    /// <summary>There are as many connections as there may be.</summary>
    TooManyConnections = 5,

    /// <summary>The node leaves.</summary>
    Leaving = 6,

    /// <summary>A frame was longer than it may be.</summary>
    FrameTooLong = 7,

    /// <summary>What was sent is no frame, or not one that makes sense here.</summary>
    Malformed = 8,

    /// <summary>The frame's type is not known here.</summary>
    UnknownType = 9,

    /// <summary>The other end took too long.</summary>
    TooSlow = 10,

    /// <summary>More requests are unanswered than may be.</summary>
    TooManyOutstanding = 11,

    /// <summary>Something failed that is not the sender's fault.</summary>
    Fault = 12,
}
