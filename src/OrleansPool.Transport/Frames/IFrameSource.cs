namespace OrleansPool.Transport.Frames;

/// <summary>Something that writes itself into a sender's room. A struct, so that nothing is allocated for it.</summary>
internal interface IFrameSource
{
    /// <summary>How much room it needs at most.</summary>
    int LengthMax { get; }

    /// <summary>Writes the frame. Called under the sender's lock: it must be short, and must not send.</summary>
    /// <returns>How long the frame is; zero for none.</returns>
    int Write(Span<byte> room);
}
