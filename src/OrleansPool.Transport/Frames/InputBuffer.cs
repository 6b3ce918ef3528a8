using System.Buffers;

namespace OrleansPool.Transport.Frames;

/// <summary>
/// A rented buffer of bytes that have come. Whoever receives holds it, and so does every request in it that is still under way; the last
/// one to let go gives it back.
/// </summary>
internal sealed class InputBuffer(FrameReceiver owner, int byteCount)
{
    private int _holderCount = 1;
    private bool _isLeft;

    public byte[] Bytes { get; } = ArrayPool<byte>.Shared.Rent(byteCount);

    /// <summary>Whether bytes of it are needed by others: they must stay where they are.</summary>
    public bool IsShared => Volatile.Read(ref _holderCount) > 1;

    /// <summary>By the thread that receives, for one more holder.</summary>
    public void Hold() => Interlocked.Increment(ref _holderCount);

    /// <summary>The thread that receives goes on with another one.</summary>
    public void Leave()
    {
        if (IsShared)
        {
            _isLeft = true;
            owner.HoldBytes(Bytes.Length);
        }

        Release();
    }

    /// <summary>A holder lets go.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holderCount) != 0) return;
        int length = Bytes.Length;
        ArrayPool<byte>.Shared.Return(Bytes);
        if (_isLeft) owner.ReleaseBytes(length);
    }
}
