using System.Diagnostics;
using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;

namespace OrleansPool.Transport.Frames;

/// <summary>
/// The way out of a connection: frames of many threads become few sends.
/// </summary>
/// <remarks>
/// <para>Threads append frames under a lock. Whoever finds nobody sending sends, without the lock, and goes on until there is nothing
/// left; what others append meanwhile goes out with the next send. So a lone frame leaves at once, and frames that come faster than
/// sends are gathered: the batch adapts itself.</para>
/// <para>No frame is forgotten: a thread appends first and then tries to become the one who sends; the one who sends gives that up
/// first and then looks again.</para>
/// <para>While the thread that receives handles a batch it corks the way out, so that the answers of the batch, or the requests that
/// continuations make, leave together.</para>
/// <para>After each send of the bulk lane the thread lets others have its processor: long writes may keep all processors of a machine
/// busy, and a short read wakes a thread at every step of its way.</para>
/// <para>Where the other end does not take bytes, sending goes on without a thread, and ends the connection after
/// <see cref="TransportOptions.StallMax"/> without progress. What waits is bounded by whoever appends: see <see cref="PendingBytes"/>.</para>
/// </remarks>
internal sealed class FrameSender(IByteChannel channel, Lane lane, TransportOptions options)
{
    /// <summary>A corked batch is sent before its end once it is this long, so that the other end has something to do.</summary>
    private const int CorkBytesMax = OutputChunk.BytesDefault;

    /// <summary>Most chunks that a thread sends that only wanted to append one frame.</summary>
    private const int ChunksOfOneThreadMax = 32;

    /// <summary>What must be taken within <see cref="TransportOptions.StallMax"/>.</summary>
    private const int PieceBytes = 128 << 10;

    private readonly Lock _gate = new();
    private readonly Queue<OutputChunk> _filled = new();
    private readonly Stack<OutputChunk> _spare = new();
    private OutputChunk? _open;
    private int _isSending;
    private int _corkedBy;
    private long _pendingBytes;
    private bool _isEnded;

    /// <summary>Bytes that are not sent yet.</summary>
    public long PendingBytes => Volatile.Read(ref _pendingBytes);

    /// <summary>Whether the other end is gone.</summary>
    public bool IsEnded => Volatile.Read(ref _isEnded);

    /// <summary>Called, on any thread, when all is sent, or cannot be any more, or what waits has fallen under half of its bound.</summary>
    public Action? Drained { get; set; }

    /// <summary>Called, on any thread, when the other end is gone or takes no bytes.</summary>
    public Action<string>? Ended { get; set; }

    /// <summary>Appends a frame. It leaves with the next <see cref="Flush"/>.</summary>
    /// <returns>False when the connection has ended, or the frame wrote nothing.</returns>
    public bool TryAppend<TFrame>(ref TFrame frame)
        where TFrame : struct, IFrameSource, allows ref struct
    {
        int lengthMax = frame.LengthMax;
        lock (_gate)
        {
            if (_isEnded) return false;
            OutputChunk chunk = Open(lengthMax);
            int length = frame.Write(chunk.Room[..lengthMax]);
            chunk.Count += length;
            _pendingBytes += length;
            return length > 0;
        }
    }

    /// <summary>Sends what is appended, unless somebody does, or this thread has corked the way out.</summary>
    public void Flush()
    {
        if (Volatile.Read(ref _corkedBy) == Environment.CurrentManagedThreadId && PendingBytes < CorkBytesMax) return;
        if (Interlocked.Exchange(ref _isSending, 1) == 0) SendAll();
    }

    /// <summary>Holds back what this thread appends until <see cref="Uncork"/>.</summary>
    public void Cork() => Volatile.Write(ref _corkedBy, Environment.CurrentManagedThreadId);

    /// <summary>Sends what was held back. By whoever corked, or has taken over from it.</summary>
    public void Uncork()
    {
        Volatile.Write(ref _corkedBy, 0);
        if (PendingBytes > 0) Flush();
    }

    /// <summary>Sends one more frame, if all before it is sent; never into the middle of another. The connection ends with it.</summary>
    public void SendLast(byte[] frame)
    {
        Uncork();
        if (Interlocked.Exchange(ref _isSending, 1) == 0 && PendingBytes == 0) channel.TrySend(frame, out _);
    }

    /// <summary>Nothing is sent any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isEnded = true;
            _filled.Clear();
            _open = null;
            _pendingBytes = 0;
        }

        Drained?.Invoke();
    }

    private OutputChunk Open(int length)
    {
        if (_open is not null && _open.Room.Length >= length) return _open;
        if (_open is { Count: > 0 }) _filled.Enqueue(_open);
        else _open?.Return();
        _open = _spare.TryPop(out OutputChunk? spare) ? spare : new OutputChunk();
        _open.Rent(Math.Max(length, OutputChunk.BytesDefault));
        return _open;
    }

    private bool TryTake(out OutputChunk chunk)
    {
        lock (_gate)
        {
            if (_filled.TryDequeue(out chunk!)) return true;
            if (_open is not { Count: > 0 }) return false;
            chunk = _open;
            _open = null;
            return true;
        }
    }

    private void Recycle(OutputChunk chunk)
    {
        int count = chunk.Count;
        long half = options.PendingBytesMax / 2;
        bool isRoomier;
        chunk.Return();
        lock (_gate)
        {
            if (_isEnded) return;
            isRoomier = _pendingBytes >= half && _pendingBytes - count < half;
            _pendingBytes -= count;
            if (_spare.Count < 2) _spare.Push(chunk);
        }

        if (!isRoomier) return;
        Interlocked.MemoryBarrier(); // or both might miss: this one that somebody waits, and that one that there is room
        Drained?.Invoke();
    }

    /// <summary>Sends until there is nothing left. For whoever has set <see cref="_isSending"/>.</summary>
    private void SendAll()
    {
        for (int chunks = 0; ; chunks++)
        {
            if (!TryTake(out OutputChunk chunk))
            {
                Interlocked.Exchange(ref _isSending, 0);
                if (PendingBytes == 0) Drained?.Invoke();
                if (PendingBytes == 0 || Interlocked.Exchange(ref _isSending, 1) != 0) return;
                continue;
            }

            while (chunk.SentCount < chunk.Count)
            {
                switch (channel.TrySend(chunk.Unsent.Span, out int count))
                {
                    case ChannelStatus.Ok when chunks < ChunksOfOneThreadMax || chunk.SentCount + count == chunk.Count:
                        chunk.SentCount += count;
                        if (lane == Lane.Bulk) Thread.Yield();
                        break;
                    case ChannelStatus.Ended:
                        Stop(chunk, "the other end is gone");
                        return;
                    default:
                        chunk.SentCount += count;
                        _ = SendRestAsync(chunk);
                        return;
                }
            }

            Recycle(chunk);
            if (chunks != ChunksOfOneThreadMax) continue;
            ThreadPool.UnsafeQueueUserWorkItem(static sender => sender.SendAll(), this, preferLocal: false);
            return;
        }
    }

    /// <summary>Sends what the other end does not take at once, and then whatever has gathered.</summary>
    private async Task SendRestAsync(OutputChunk chunk)
    {
        using var stalled = new CancellationTokenSource();
        long started = Stopwatch.GetTimestamp();
        bool isWaitedFor = false;
        while (chunk.SentCount < chunk.Count)
        {
            // By pieces: who is slow is not who has stalled.
            ReadOnlyMemory<byte> piece = chunk.Unsent[..Math.Min(PieceBytes, chunk.Count - chunk.SentCount)];
            stalled.CancelAfter(options.StallMax);
            ValueTask<bool> sent = channel.SendAsync(piece, stalled.Token);
            isWaitedFor |= !sent.IsCompleted;
            if (!await sent.ConfigureAwait(false))
            {
                Stop(chunk, stalled.IsCancellationRequested ? $"it took no bytes for {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s" : "the other end is gone");
                return;
            }

            started = Stopwatch.GetTimestamp();
            chunk.SentCount += piece.Length;
        }

        Recycle(chunk);

        // Not on the stack of the thread that only wanted to append, and that may have come here from here.
        if (!isWaitedFor) await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        SendAll();
    }

    private void Stop(OutputChunk chunk, string why)
    {
        chunk.Return();
        End();
        Ended?.Invoke(why);
    }
}
