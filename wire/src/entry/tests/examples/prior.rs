//! Examples of what was told before a vehicle came.

use std::collections::BTreeMap;

use checkpoint::event::*;
use checkpoint::ids::*;
use checkpoint::input::order::*;
use checkpoint::site::*;

use super::{at, number};

/// One of each event about prior information.
pub(super) fn information() -> Vec<Event> {
    let (visit, prior) = (VisitId(7), PriorId(5_000_000_000));
    let goods = BTreeMap::from([("hs_code".to_owned(), Answer::Text("3104 20".into()))]);
    let information = PriorInformation {
        from: Informant::InterestedPerson,
        expected_at: Some(at("2026-11-21T03:12:07.000250Z")),
        place: "пост «Нур Жолы»".into(),
        plates: vec!["123 АВС 02".into()],
        containers: vec!["CSQU 305438-3".into()],
        draft: NoticeDraft {
            purpose: Some(Purpose::Arrival),
            consignments: vec![ConsignmentDraft {
                answers: BTreeMap::from([(
                    "gross_weight_kg".to_owned(),
                    Answer::Number(number("12000.50")),
                )]),
                goods: vec![goods],
            }],
            ..NoticeDraft::of(Mode::Road)
        },
        note: "by e-mail".into(),
    };
    vec![
        Event::PriorInformationRecorded {
            information: Box::new(PriorFacts {
                prior,
                number: "55302-I-000031".into(),
                information,
                plates: vec!["123ABC02".into()],
                containers: vec!["CSQU3054383".into()],
                edition: "kz-2010".into(),
            }),
        },
        Event::PriorInformationLinked { visit, prior },
        Event::PriorInformationUnlinked { visit, prior },
        Event::PriorInformationCompared(PriorComparison {
            visit,
            prior,
            revision: 2,
            differences: vec![
                Difference {
                    field: "gross_weight_kg".into(),
                    consignment: Some(ConsignmentNo(1)),
                    item: Some(u16::MAX),
                    in_notice: Some(ConsignmentNo(2)),
                    stated: Some(Answer::Number(number("12000.50"))),
                    declared: Some(Answer::Nil),
                },
                Difference {
                    field: "consignment".into(),
                    consignment: Some(ConsignmentNo(2)),
                    item: None,
                    in_notice: None,
                    stated: None,
                    declared: None,
                },
            ],
            more: 3,
            edition: "kz-2010".into(),
        }),
        Event::PriorInformationWithdrawn { prior, reason: "другой маршрут".into() },
    ]
}
