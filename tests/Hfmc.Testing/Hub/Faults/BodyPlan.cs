namespace Hfmc.Testing;

/// <summary>How a body is to be sent: which bytes, and what goes wrong on the way. Offsets are in the file, the rest counts from the body's start.</summary>
sealed class BodyPlan(Answer answer)
{
    public Answer Answer { get; } = answer;

    public long Length { get; private set; } = answer.Length;

    public bool Announced { get; private set; } = true;

    public long? FlipAt { get; private set; }

    /// <summary>The fault that stops the body, and the length at which it does.</summary>
    public Fault? Stop { get; private set; }

    public List<Throttle> Throttles { get; } = [];

    public static BodyPlan Of(Answer answer, HubRequest request, FaultList faults, bool tellsLength = true)
    {
        var plan = new BodyPlan(answer) { Announced = tellsLength || !request.IsHead };
        if (request.IsHead || answer.Status is not (200 or 206))
            return plan;
        foreach (var fault in faults.Strike(request, FaultKind.TooFewBytes, FaultKind.TooManyBytes, FaultKind.FlippedBit, FaultKind.Slow,
            FaultKind.NoContentLength, FaultKind.ShortRangeBody, FaultKind.CloseAfter, FaultKind.ResetAfter, FaultKind.HangAfter))
            plan.Take(fault);
        if (answer.Status is 206)
            foreach (var fault in faults.Strike(request, FaultKind.WrongContentRange))
                answer.With("Content-Range",
                    $"bytes {answer.Offset + Shift(fault)}-{answer.Offset + answer.Length - 1 + Shift(fault)}/{answer.Body.Size}");
        return plan;
    }

    /// <summary>Forgets the stop: its hang was released.</summary>
    public void GoOn() => Stop = null;

    void Take(Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.TooFewBytes:
                Length = Math.Max(0, Length - fault.Bytes);
                break;
            case FaultKind.TooManyBytes:
                Length += fault.Bytes;
                break;
            case FaultKind.FlippedBit:
                FlipAt = fault.Bytes;
                break;
            case FaultKind.Slow:
                Throttles.Add(new(fault.Bytes));
                break;
            case FaultKind.NoContentLength:
                Announced = false;
                break;
            case FaultKind.ShortRangeBody:
                if (Answer.Status is 206)
                    (Announced, Length) = (false, Math.Max(0, Length - fault.Bytes));
                break;
            default:
                Stop = fault;
                break;
        }
    }

    static long Shift(Fault fault) => Math.Max(1, fault.Bytes);
}
