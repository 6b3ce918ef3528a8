using OrleansPool.Core.Wire;

namespace OrleansPool.Transport.Frames;

/// <summary>What a connection does with its frames. Called by one thread at a time.</summary>
internal interface IFrameHandler
{
    /// <summary>Whether it takes no more frames for now. Any thread.</summary>
    bool IsFull { get; }

    /// <summary>A frame has come. Its bytes are valid during the call only.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="payload">Its payload.</param>
    /// <returns>What is to be run once the frame's bytes are not needed any more, and may take any time; null for nothing.</returns>
    IContinuation? OnFrame(in FrameHeader header, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload);

    /// <summary>The connection has ended. Called once.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="message">The same for people.</param>
    void OnEnded(RefusalReason reason, string message);
}
