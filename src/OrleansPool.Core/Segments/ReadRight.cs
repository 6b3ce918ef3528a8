namespace OrleansPool.Core.Segments;

/// <summary>
/// The right of a segment's primary to serve reads, as one immutable object that the segment swaps when it changes. A reader
/// takes it before it copies and checks afterwards that it is still the one in force.
/// </summary>
/// <param name="epoch">The epoch in which it was given.</param>
/// <param name="validUntil">When it lapses by itself; never, for a segment that relies on nobody.</param>
internal sealed class ReadRight(ulong epoch, Tick validUntil)
{
    public ulong Epoch => epoch;

    public Tick ValidUntil => validUntil;
}
