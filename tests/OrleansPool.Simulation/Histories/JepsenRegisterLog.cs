using System.Globalization;
using System.Text.RegularExpressions;
using OrleansPool.Simulation.Linearizability;
using OrleansPool.Simulation.Linearizability.Models;

namespace OrleansPool.Simulation.Histories;

/// <summary>
/// Reads a log of Jepsen about one register: <c>INFO  jepsen.util - 3 :invoke :cas [1 2]</c>. Lines of other loggers and of the nemesis, and blank
/// ones, are passed over.
/// </summary>
/// <remarks>
/// <c>:ok</c> is an answer. <c>:fail :cas [1 2]</c> is one too: the comparison failed. Any other <c>:fail</c> certainly had no effect. <c>:info</c>, or
/// no answer until the end, is an unknown outcome. A read whose outcome is unknown has no effect and is left out.
/// </remarks>
public static partial class JepsenRegisterLog
{
    private const string Logger = "jepsen.util";

    [GeneratedRegex("""(?:^|\s)(?:TRACE|DEBUG|INFO|WARN|ERROR)\s+(?<logger>[\w.$-]+)\s+-\s+(?<message>.*)$""")]
    private static partial Regex LogLine { get; }

    [GeneratedRegex("""^(?<process>\d+)\s+:(?<type>invoke|ok|fail|info)\s+:(?<function>read|write|cas)\s+(?<value>\S.*)$""")]
    private static partial Regex Event { get; }

    [GeneratedRegex("""^\[\s*(?<expected>-?\d+)[\s,]+(?<value>-?\d+)\s*\]$""")]
    private static partial Regex Pair { get; }

    /// <summary>Whether a line looks like one of this format.</summary>
    public static bool IsLine(string line) => LogLine.IsMatch(line);

    /// <summary>Reads all lines.</summary>
    /// <exception cref="HistoryFormatException">A line is none of this format.</exception>
    public static IReadOnlyList<HistoryOperation<RegisterInput, RegisterOutput>> Parse(string file, IEnumerable<string> lines)
    {
        var calls = new RecordedCalls<RegisterInput, RegisterOutput>(file);
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            Match log = LogLine.Match(line);
            if (!log.Success)
                throw new HistoryFormatException(file, number, $"'{line}' is no line of a log: expected 'INFO {Logger} - PROCESS :TYPE :FUNCTION VALUE'");
            string message = log.Groups["message"].Value.Trim();
            if (log.Groups["logger"].Value != Logger || message.StartsWith(":nemesis", StringComparison.Ordinal)) continue;
            Match one = Event.Match(message);
            if (!one.Success || !int.TryParse(one.Groups["process"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int process))
            {
                throw new HistoryFormatException(
                    file, number, $"'{message}' is no event: expected a process, :invoke, :ok, :fail or :info, :read, :write or :cas, and a value");
            }

            Add(calls, file, number, process, one.Groups["type"].Value, one.Groups["function"].Value, one.Groups["value"].Value.Trim());
        }

        IReadOnlyList<HistoryOperation<RegisterInput, RegisterOutput>> history = calls.End(number);
        return [.. history.Where(operation => operation.IsKnown || operation.Input.Kind != RegisterOperation.Read)];
    }

    private static void Add(
        RecordedCalls<RegisterInput, RegisterOutput> calls, string file, int line, int process, string type, string function, string value)
    {
        if (type == "invoke")
        {
            calls.Invoke(process, Input(file, line, function, value), line);
            return;
        }

        RegisterOperation kind = Kind(function);
        RegisterOperation invoked = calls.InputOf(process, line).Kind;
        if (invoked != kind) throw new HistoryFormatException(file, line, $"process {process} gets the answer to a {kind}, but invoked a {invoked}");
        if (type == "info")
            calls.Lose(process, line);
        else if (type == "fail" && (kind != RegisterOperation.CompareExchange || !value.StartsWith('[')))
            calls.Fail(process, line);
        else if (kind == RegisterOperation.Read)
            calls.Return(process, new RegisterInput(kind), new RegisterOutput(true, ReadValue(file, line, value)), line);
        else
            calls.Return(process, Input(file, line, function, value), new RegisterOutput(type == "ok"), line);
    }

    private static RegisterOperation Kind(string function) =>
        function switch { "read" => RegisterOperation.Read, "write" => RegisterOperation.Write, _ => RegisterOperation.CompareExchange };

    private static RegisterInput Input(string file, int line, string function, string value)
    {
        RegisterOperation kind = Kind(function);
        if (kind == RegisterOperation.Read)
        {
            return value == "nil"
                ? new RegisterInput(kind)
                : throw new HistoryFormatException(file, line, $"a read is invoked with 'nil', not with '{value}'");
        }

        if (kind == RegisterOperation.Write) return new RegisterInput(kind, Number(file, line, value));
        Match pair = Pair.Match(value);
        return pair.Success
            ? new RegisterInput(kind, Number(file, line, pair.Groups["value"].Value), Number(file, line, pair.Groups["expected"].Value))
            : throw new HistoryFormatException(file, line, $"'{value}' is not the expected and the new value of a cas: expected '[1 2]'");
    }

    private static long? ReadValue(string file, int line, string value) => value == "nil" ? null : Number(file, line, value);

    private static long Number(string file, int line, string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new HistoryFormatException(file, line, $"'{value}' is not a whole number of 64 bits");
}
