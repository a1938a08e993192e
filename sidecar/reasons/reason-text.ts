/** A reason's English words: what is the matter and what to do. `{name}` is replaced by the parameter of that name. */
export interface ReasonText {
  message: string;
  remedy: string;
}

export type ReasonTexts = Readonly<Record<string, ReasonText>>;
