//! What a carrier submitted, what is missing of it, and what was told before.

use std::collections::BTreeMap;

use checkpoint::event::{Difference, MissingRow, PriorFacts, RefusedOn, Warning};
use checkpoint::input::order::{
    Answer, ConsignmentDraft, FiledBy, NoticeDraft, Original, PriorInformation,
};

use super::field::{self, Field, Misread, messages, read, required, write};
use crate::generated::entry as proto;
use proto::answer;

messages! {
    NoticeDraft as Notice {
        mode, purpose, filed_by, authority, answers, consignments, originals
    }
    Original as Original { field, name, media_type, sha256, language, size_bytes }
    ConsignmentDraft as NoticeConsignment { answers, goods }
    MissingRow as MissingRow { field, article, consignment, item }
    RefusedOn as RefusedOn { code, article, edition }
    Warning as Warning { field, consignment, item, code, detail }
    PriorFacts as PriorFacts { prior, number, information, plates, containers, edition }
    PriorInformation as PriorInformation {
        from, place, plates, containers, draft, note; expected_at => expected_at_us
    }
    Difference as Difference { field, consignment, item, in_notice, stated, declared }
}

/// Kept as the word. Release 0.1 took any word from a program, and none for the carrier.
impl Field<String> for FiledBy {
    fn write(&self) -> String {
        match self {
            FiledBy::Carrier => "carrier",
            FiledBy::CustomsRepresentative => "customs_representative",
            FiledBy::Other => "other",
        }
        .to_owned()
    }

    fn read(kept: String) -> Result<Self, Misread> {
        Ok(match kept.as_str() {
            "carrier" | "" => FiledBy::Carrier,
            "customs_representative" => FiledBy::CustomsRepresentative,
            _ => FiledBy::Other,
        })
    }
}

impl Field<proto::GoodsItem> for BTreeMap<String, Answer> {
    fn write(&self) -> proto::GoodsItem {
        proto::GoodsItem { answers: write(self) }
    }

    fn read(kept: proto::GoodsItem) -> Result<Self, Misread> {
        read(kept.answers, "answers")
    }
}

impl Field<proto::Answer> for Answer {
    fn write(&self) -> proto::Answer {
        let answer = match self {
            Answer::Text(text) => answer::Answer::Text(write(text)),
            Answer::Number(number) => answer::Answer::Number(write(number)),
            Answer::Flag(flag) => answer::Answer::Flag(write(flag)),
            Answer::Papers(references) => {
                answer::Answer::Papers(answer::Papers { references: write(references) })
            }
            Answer::Nil => answer::Answer::Nil(answer::Nil {}),
        };
        proto::Answer { answer: Some(answer) }
    }

    fn read(kept: proto::Answer) -> Result<Self, Misread> {
        let answer = kept.answer.ok_or_else(|| Misread::newer("a case that is not known"))?;
        Ok(match answer {
            answer::Answer::Text(text) => Answer::Text(read(text, "text")?),
            answer::Answer::Number(number) => Answer::Number(read(number, "number")?),
            answer::Answer::Flag(flag) => Answer::Flag(read(flag, "flag")?),
            answer::Answer::Papers(answer::Papers { references }) => {
                Answer::Papers(read(references, "papers.references")?)
            }
            answer::Answer::Nil(answer::Nil {}) => Answer::Nil,
        })
    }
}
