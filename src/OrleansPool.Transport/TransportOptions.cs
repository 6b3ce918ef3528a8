using OrleansPool.Core.Wire;

namespace OrleansPool.Transport;

/// <summary>The limits of a process's connections. Every one of them is enforced; what exceeds it ends one connection, never another.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record TransportOptions
{
    /// <summary>Most connections that one listener has at a time. More are refused.</summary>
    public int ConnectionsMax { get; init; } = 16 * 1024;

    /// <summary>Most connections that have not said who they are yet. More are closed unheard.</summary>
    public int UnprovenMax { get; init; } = 256;

    /// <summary>How long a connection may take to say who it is, TLS included.</summary>
    public TimeSpan HandshakeMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may be silent in the middle of a frame, or take no bytes.</summary>
    public TimeSpan StallMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may be silent between frames. Clients give signs of life more often than that.</summary>
    public TimeSpan IdleMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a client waits for an answer before it takes the request for lost.</summary>
    public TimeSpan AnswerMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a client waits before it connects again after a failure: the first time, on average.</summary>
    public TimeSpan BackOffFirst { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest time on average that a client waits before it connects again.</summary>
    public TimeSpan BackOffMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest frame that is taken.</summary>
    public int FrameBytesMax { get; init; } = FrameHeader.FrameBytesMax;

    /// <summary>Most requests of one connection that are unanswered at a time.</summary>
    public int OutstandingMax { get; init; } = 4096;

    /// <summary>A connection takes nothing more to do while it has this many bytes to send.</summary>
    public int PendingBytesMax { get; init; } = 4 << 20;

    /// <summary>Requests that carry, or bring, more bytes than this go by the bulk lane.</summary>
    public int ExpressBytesMax { get; init; } = 16 << 10;

    /// <summary>Long ranges are cut into requests of about this many bytes.</summary>
    public int CutBytes { get; init; } = 128 << 10;

    /// <summary>Most threads of a process that wait for bytes of connections in use. Others are served by the thread pool.</summary>
    public int ReaderThreadsMax { get; init; } = 32;

    /// <summary>How long such a thread spins, looking for more, before it goes to sleep, as long as that pays; zero for not at all.</summary>
    public TimeSpan SpinMax { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>How long such a thread stays with a connection that has become silent.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(100);
}
