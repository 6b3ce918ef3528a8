using CsCheck;

namespace OrleansPool.Server.Tests.Faces;

/// <summary>One thing done to a stream.</summary>
/// <param name="Kind">What.</param>
/// <param name="Number">How many bytes, or where to.</param>
/// <param name="Fill">What is written.</param>
public readonly record struct StreamStep(StreamStep.Action Kind, int Number, byte Fill)
{
    /// <summary>What is done.</summary>
    public enum Action
    {
        Read,
        ReadSync,
        ReadByte,
        Write,
        WriteSync,
        WriteByte,
        Seek,
        SeekBack,
        SeekEnd,
        Flush,
        FlushSync,
        SetLength,
        CopyOut,
    }

    /// <summary>Steps over a stream of about some length; most are small, some larger than any buffer.</summary>
    public static Gen<StreamStep[]> Steps(int length) =>
        Gen.Select(
            Gen.Enum<Action>(), Gen.Frequency((6, Gen.Int[0, 300]), (2, Gen.Int[0, length]), (1, Gen.Int[0, (length * 2) + 150_000])), Gen.Byte[1, 255],
            (kind, number, fill) => new StreamStep(kind, number, fill)).Array[1, 40];

    /// <summary>Carries the step out, and tells what came of it: the value, or the type of the error.</summary>
    public async Task<string> RunAsync(Stream stream)
    {
        try
        {
            return $"{await ValueAsync(stream)} at {stream.Position} of {stream.Length}";
        }
        catch (Exception e) when (e is NotSupportedException or IOException or ArgumentException)
        {
            return $"{e.GetType().Name} at {stream.Position} of {stream.Length}";
        }
    }

    private async Task<string> ValueAsync(Stream stream)
    {
        switch (Kind)
        {
            case Action.Read:
                byte[] read = new byte[Number];
                return Text(read, await stream.ReadAtLeastAsync(read, Number, throwOnEndOfStream: false));
            case Action.ReadSync:
                byte[] readNow = new byte[Number];
                return Text(readNow, stream.ReadAtLeast(readNow, Number, throwOnEndOfStream: false));
            case Action.ReadByte:
                return $"{stream.ReadByte()}";
            case Action.Write:
                await stream.WriteAsync(Bytes());
                return "";
            case Action.WriteSync:
                stream.Write(Bytes());
                return "";
            case Action.WriteByte:
                stream.WriteByte(Fill);
                return "";
            case Action.Seek:
                return $"{stream.Position = Number}";
            case Action.SeekBack:
                return $"{stream.Seek(-Number, SeekOrigin.Current)}";
            case Action.SeekEnd:
                return $"{stream.Seek(100 - Number, SeekOrigin.End)}";
            case Action.Flush:
                await stream.FlushAsync();
                return "";
            case Action.FlushSync:
                stream.Flush();
                return "";
            case Action.SetLength:
                stream.SetLength(Math.Max(1, Number));
                return "";
            default:
                var copy = new MemoryStream();
                await stream.CopyToAsync(copy);
                return Text(copy.ToArray(), (int)copy.Length);
        }
    }

    private static string Text(byte[] bytes, int count) => $"{count}:{Convert.ToHexString(bytes.AsSpan(0, Math.Min(count, 40)))}:{Sum(bytes, count)}";

    private static long Sum(byte[] bytes, int count)
    {
        long sum = 0;
        for (int i = 0; i < count; i++) sum = unchecked((sum * 31) + bytes[i]);
        return sum;
    }

    /// <summary>At least one byte: a memory stream takes an empty write past its end for a longer length, which is its own peculiarity.</summary>
    private byte[] Bytes()
    {
        byte[] bytes = new byte[Math.Max(1, Number)];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(Fill + i);
        return bytes;
    }
}
